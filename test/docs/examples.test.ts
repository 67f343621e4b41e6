import { afterAll, beforeAll, describe, it } from "vitest";
import { DOCUMENTS, Story, examplesOf } from "../support/doc-examples.js";

/** test/clients/relay.test.ts compiles these, and runs them. */
const COMPILED_BY_RELAY = "docs/clients/relay.md";

const stories = DOCUMENTS.filter((document) => document !== COMPILED_BY_RELAY).map((document) => ({
  document,
  examples: examplesOf(document),
}));

describe.each(stories.filter(({ examples }) => examples.length > 0))(
  "$document",
  ({ examples }) => {
    let story: Story;

    beforeAll(async () => {
      story = await Story.begin();
    });

    afterAll(() => story.end());

    it.each(examples)("is correct in line $line", (example) => story.tell(example));
  },
);
