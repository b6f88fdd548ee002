const rows = await Promise.all([1, 2, 3].map(async (row) => row * 2));
export const table: number[] = rows;
