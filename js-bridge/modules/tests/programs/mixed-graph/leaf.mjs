console.log("leaf runs"); export const leaf = "leaf";
