// Compares schema.graphql with that of the last release, which is the newest tag v<version> before the
// current commit. Changes that break clients of that release are refused, unless package.json's version
// allows them: with a higher major, or a higher minor while the major is 0.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { buildSchema, findBreakingChanges, findDangerousChanges } from "graphql";

const SCHEMA = "schema.graphql";

process.exitCode = check() ? 0 : 1;

/** @returns whether the schema may be released under the version in package.json. */
function check() {
  const shallow = git("rev-parse", "--is-shallow-repository");
  // An unpacked archive may also be inside another project's clone.
  const isClone = shallow.isDone && git("ls-files", "--error-unmatch", SCHEMA).isDone;
  if (!isClone) {
    const { stderr } = shallow;
    // Refuse any other error, such as a clone with another owner: it would hide a breaking change.
    if (!shallow.isDone && !stderr.includes("not a git repository")) return refuse(stderr);
    return accept(`${SCHEMA} is not in a git clone, so there is no release to compare with.`);
  }
  const described = git("describe", "--tags", "--match", "v[0-9]*", "--abbrev=0");
  if (!described.isDone) {
    return shallow.stdout.trim() === "true"
      ? refuse(
          "This clone is too shallow to find the last release. Run git fetch --tags --unshallow.",
        )
      : accept("There is no release yet, so there is nothing to compare with.");
  }
  const tag = described.stdout.trim();
  // Relative to the schema's folder, which may not be the root of the clone.
  const released = git("show", `${tag}:./${SCHEMA}`);
  if (released.isDone) return compare(tag, released.stdout);
  const isThere = git("ls-tree", "--name-only", tag, SCHEMA).stdout !== "";
  return isThere
    ? refuse(released.stderr)
    : accept(`The release ${tag} has no ${SCHEMA}, so there is nothing to compare with.`);
}

function compare(tag, releasedText) {
  const before = buildSchema(releasedText);
  const now = buildSchema(readFileSync(SCHEMA, "utf8"));
  const breaking = findBreakingChanges(before, now);
  // For example a new enum value, which a client's exhaustive switch does not handle.
  for (const { description } of findDangerousChanges(before, now)) {
    console.log(`note: ${description}`);
  }
  for (const { description } of breaking) console.log(`breaking: ${description}`);
  if (breaking.length === 0) return accept(`Nothing breaks clients of ${tag}.`);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const needed = nextBreakingVersion(tag);
  return isAtLeast(version, needed)
    ? accept(`Version ${version} may break clients of ${tag}.`)
    : refuse(
        `Version ${version} must not break clients of ${tag}. Keep and deprecate what they use, or raise the version to ${needed.join(".")}.`,
      );
}

/** The lowest version that may break clients of the release, by semantic versioning. */
function nextBreakingVersion(tag) {
  const [major, minor] = numbersOf(tag.slice(1));
  return major === 0 ? [0, minor + 1, 0] : [major + 1, 0, 0];
}

/** A pre-release such as 2.0.0-rc.1 may break what 2.0.0 may break. */
function isAtLeast(version, needed) {
  const numbers = numbersOf(version);
  const different = numbers.findIndex((number, index) => number !== needed[index]);
  return different === -1 || numbers[different] > needed[different];
}

function numbersOf(version) {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) throw new Error(`${version} is not a semantic version`);
  return match.slice(1).map(Number);
}

function accept(message) {
  console.log(message);
  return true;
}

function refuse(message) {
  console.error(message.trim());
  return false;
}

function git(...args) {
  // Use the C locale, because this script parses git's messages.
  const env = { ...process.env, LC_ALL: "C" };
  const { status, error, stdout, stderr } = spawnSync("git", args, {
    encoding: "utf8",
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new Error(`git cannot be run: ${error.message}`);
  return { isDone: status === 0, stdout, stderr };
}
