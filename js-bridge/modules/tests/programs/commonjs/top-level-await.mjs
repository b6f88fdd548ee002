export const waited = await 1;
