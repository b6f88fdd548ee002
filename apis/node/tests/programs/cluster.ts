// node:cluster: workers fork, talk, listen on one port, and leave.
import cluster from "node:cluster";
import net from "node:net";
import { once } from "node:events";

if (cluster.isPrimary) {
  console.log(cluster.isWorker, cluster.isMaster, Object.keys(cluster.workers!).length);
  cluster.setupPrimary({ args: ["given"] });
  const workers = [cluster.fork({ NUMBER: "1" }), cluster.fork({ NUMBER: "2" })];
  console.log(workers.map(({ id }) => id), Object.keys(cluster.workers!));
  const ports = new Set<number>();
  const listening = workers.map(async (worker) => {
    const [address] = await once(worker, "listening");
    ports.add(address.port);
    return address.addressType;
  });
  const talking = workers.map(async (worker) => {
    await once(worker, "online");
    worker.send({ hello: worker.id });
    return (await once(worker, "message"))[0];
  });
  console.log(await Promise.all(talking));
  console.log(await Promise.all(listening), ports.size);
  for (let count = 0; count < 4; count++) {
    const socket = net.connect([...ports][0], "127.0.0.1");
    const [data] = await once(socket, "data");
    console.log(String(data));
    socket.destroy();
  }
  const leaving = workers.map(async (worker) => {
    const [code] = await once(worker, "exit");
    return [code, worker.exitedAfterDisconnect, worker.isDead(), worker.isConnected()];
  });
  cluster.disconnect(() => console.log("disconnected"));
  console.log(await Promise.all(leaving), Object.keys(cluster.workers!));
} else {
  process.on("message", (message) => {
    process.send!({ heard: message, number: process.env.NUMBER, args: process.argv.slice(2), id: cluster.worker!.id });
  });
  net.createServer((socket) => socket.end("served")).listen(0);
}
