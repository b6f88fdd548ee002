console.log("synchronous"); export {};
