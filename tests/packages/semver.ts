// Comparison, ranges, increments, coercion and errors of semver.
import semver, { Range, SemVer } from "semver";
import satisfies from "semver/functions/satisfies";

console.log(["1.2.3", "1.2.3-beta.2", "1.2.3-beta.11", "0.9.0", "10.0.0"].sort(semver.compare));
for (const [version, range] of [["1.2.3", "^1.2"], ["1.2.3-a", "^1.2"], ["2.0.0", "1.x || >=2.5"], ["0.2.5", "~0.2.3"], ["3.1.4", "1.2 - 3.1"]]) {
  console.log(version, range, satisfies(version, range), new Range(range).range);
}
for (const kind of ["major", "premajor", "minor", "patch", "prerelease"] as const) console.log(kind, semver.inc("1.2.3-rc.1", kind, "beta"));
console.log(semver.coerce("v3.4 of it").version, semver.valid("01.2.3"), semver.clean("  =v2.1.5 "), semver.diff("1.2.3", "1.3.0-a"));
console.log(semver.maxSatisfying(["1.2.0", "1.9.1", "2.0.0"], "^1"), semver.minVersion(">1.0.0-0"), semver.intersects("^1.2", "<1.3"), semver.subset("1.2.x", "^1"));
console.log(new SemVer("1.2.3-alpha.1+build.5"), semver.simplifyRange(["1.0.0", "1.1.0", "2.0.0"], "1.0.0 || 1.1.0"));
try {
  new SemVer("not.a.version");
} catch (error) {
  console.log(error.name, error.message);
}
