export = { equal: "equals" };
