import { afterAll, beforeAll, describe, it } from "vitest";
import { DOCUMENTS, Story, examplesOf } from "../support/doc-examples.js";

const stories = DOCUMENTS.map((document) => ({ document, examples: examplesOf(document) }));

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
