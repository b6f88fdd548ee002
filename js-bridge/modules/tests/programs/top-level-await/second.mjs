console.log("second start"); await 1; console.log("second end"); export const second = 2;
