// Messages in which the engine quotes the code: they must quote what the program wrote.
import { own, own as renamed } from "./module-messages";
import * as self from "./module-messages";
import main from "./module-messages";

export const own: any = (value: any) => value;
export default {} as any;

const attempts: (() => any)[] = [
  () => own.first.second,
  () => renamed.first.second,
  () => main.first.second,
  () => (self as any).missing(),
  () => self.own(1).first.second,
  () => renamed(1).first.second,
  () => (import.meta as any).first.second,
];
for (const attempt of attempts) {
  try {
    attempt();
  } catch (error: any) {
    console.log(error.stack.split("\n")[0], "|", error.message);
  }
}

async function first(value: any) {
  return (await value).first.second;
}
async function second(value: any) {
  try {
    return (await renamed(value)).first.second;
  } catch (error: any) {
    console.log(error.stack.split("\n")[0]);
  }
  return await value.first.second;
}
await first({}).catch((error) => console.log(error.stack.split("\n")[0]));
await second({}).catch((error) => console.log(error.stack.split("\n")[0]));
