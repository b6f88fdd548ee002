console.log("first start"); await 1; await 1; await 1; console.log("first end"); export const first = 1;
