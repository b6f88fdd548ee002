import "./not-there";
