export const never = 1;
throw new Error("this one fails");
