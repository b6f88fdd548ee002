import "node:os";
