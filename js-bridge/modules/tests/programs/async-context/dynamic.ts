export const value = await Promise.resolve("dynamically");
