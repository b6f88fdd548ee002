exports.a = () => "a"; exports.b = 2;
