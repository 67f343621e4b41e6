// Compares schema.graphql with that of the last release, which is the newest tag v<version> behind the
// present commit. What breaks a client of that release is refused, unless package.json's version says
// so: a greater major, or a greater minor while the major is 0.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { buildSchema, findBreakingChanges, findDangerousChanges } from "graphql";

const SCHEMA = "schema.graphql";

process.exitCode = check() ? 0 : 1;

/** @returns whether the schema may be released under the version that package.json has. */
function check() {
  const shallow = git("rev-parse", "--is-shallow-repository");
  // An unpacked archive may also lie within another project's clone.
  const isClone = shallow.isDone && git("ls-files", "--error-unmatch", SCHEMA).isDone;
  if (!isClone) {
    const { stderr } = shallow;
    // Anything else, such as a clone of another owner, would let a change through unseen.
    if (!shallow.isDone && !stderr.includes("not a git repository")) return refuse(stderr);
    return accept(`${SCHEMA} is in no git clone here, so there is no release to compare with.`);
  }
  const described = git("describe", "--tags", "--match", "v[0-9]*", "--abbrev=0");
  if (!described.isDone) {
    return shallow.stdout.trim() === "true"
      ? refuse("This clone is too shallow to tell the last release: git fetch --tags --unshallow")
      : accept("There is no release yet, so there is nothing to compare with.");
  }
  const tag = described.stdout.trim();
  // From the folder of the schema, which need not be the clone's own.
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
  // Such as a new enum value, which a client that switches over all of them does not know.
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
        `Version ${version} must not break clients of ${tag}. Keep what they use, and deprecate it; or make it ${needed.join(".")}.`,
      );
}

/** The least version that may break what was released, by semantic versioning. */
function nextBreakingVersion(tag) {
  const [major, minor] = numbersOf(tag.slice(1));
  return major === 0 ? [0, minor + 1, 0] : [major + 1, 0, 0];
}

/** What a pre-release such as 2.0.0-rc.1 breaks, 2.0.0 breaks as well. */
function isAtLeast(version, needed) {
  const numbers = numbersOf(version);
  const different = numbers.findIndex((number, index) => number !== needed[index]);
  return different === -1 || numbers[different] > needed[different];
}

function numbersOf(version) {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (match === null) throw new Error(`${version} is no semantic version`);
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
  // Its messages are read, so they must not be in the language of whoever runs this.
  const env = { ...process.env, LC_ALL: "C" };
  const { status, error, stdout, stderr } = spawnSync("git", args, {
    encoding: "utf8",
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new Error(`git cannot be run: ${error.message}`);
  return { isDone: status === 0, stdout, stderr };
}
