import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type QueuedDelivery,
  formMessages,
  messageIdOf,
} from "../../../src/webhooks/delivery/delivery-message.js";
import { newId } from "../../../src/shared/uuid.js";

/** Pending deliveries of some subjects, in the order of events. Some were sent before, in messages of their own. */
const queues = fc
  .array(fc.record({ subject: fc.nat(4), sentBefore: fc.option(fc.nat(2), { freq: 3 }) }), {
    maxLength: 40,
  })
  .map((events) => {
    const isClosed = new Set<number>();
    return events.map(({ subject, sentBefore }, position): QueuedDelivery => {
      // What was sent before precedes in its subject what was not.
      const isRepeated = sentBefore !== null && !isClosed.has(subject);
      if (!isRepeated) isClosed.add(subject);
      const messageId = isRepeated ? `message-${String(sentBefore)}` : null;
      const id = `delivery-${String(position).padStart(2, "0")}`;
      return { id, eventId: id, subjectId: String(subject), position, sequence: 1, messageId };
    });
  });
const limits = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
});

/** What the store finds in such a queue if the first delivery of each subject is due. */
function sendable(queue: readonly QueuedDelivery[]) {
  const due = [...new Set(queue.map(({ subjectId }) => subjectId))].flatMap(
    (subjectId) => queue.find((one) => one.subjectId === subjectId) ?? [],
  );
  const messages = new Set(due.map(({ messageId }) => messageId));
  const repeated = queue.filter(({ messageId }) => messageId !== null && messages.has(messageId));
  const following = queue.filter((one) => !due.includes(one));
  return { due, repeated, following };
}

describe("the messages of a queue", () => {
  it("contain the deliveries of each subject from the first one on, in order and without gaps", () => {
    fc.assert(
      fc.property(queues, limits, (queue, limit) => {
        const messages = formMessages(sendable(queue), limit);
        for (const { deliveries } of messages) {
          const fresh = deliveries.filter(({ messageId }) => messageId === null);
          for (const subjectId of new Set(fresh.map((one) => one.subjectId))) {
            const own = fresh.filter((one) => one.subjectId === subjectId);
            expect(own).toEqual(
              queue.filter((one) => one.subjectId === subjectId).slice(0, own.length),
            );
          }
          expect(deliveries.map(({ position }) => position)).toEqual(
            deliveries.map(({ position }) => position).toSorted((a, b) => a - b),
          );
        }
      }),
    );
  });

  it("are within the limits, and contain no delivery twice", () => {
    fc.assert(
      fc.property(queues, limits, (queue, limit) => {
        const messages = formMessages(sendable(queue), limit);
        expect(messages.length).toBeLessThanOrEqual(limit.count);
        const all = messages.flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
        expect(new Set(all).size).toBe(all.length);
        for (const { deliveries } of messages) {
          if (deliveries[0]?.messageId !== null) continue;
          expect(deliveries.length).toBeLessThanOrEqual(limit.batchSize);
        }
      }),
    );
  });

  it("that were sent before are repeated with the same id and the same deliveries", () => {
    fc.assert(
      fc.property(queues, limits, (queue, limit) => {
        for (const { id, deliveries } of formMessages(sendable(queue), limit)) {
          if (deliveries.every(({ messageId }) => messageId === null)) continue;
          expect(deliveries).toEqual(queue.filter(({ messageId }) => messageId === id));
        }
      }),
    );
  });

  it("use all the room that there is", () => {
    fc.assert(
      fc.property(queues, limits, (queue, limit) => {
        const { due, ...others } = sendable(queue);
        const messages = formMessages({ due, ...others }, limit);
        const sent = new Set(messages.flatMap(({ deliveries }) => deliveries));
        const hasRoom = messages.length < limit.count;
        if (hasRoom) expect(due.every((one) => sent.has(one))).toBe(true);
      }),
    );
  });
});

describe("messageIdOf", () => {
  it("is the id of a single event", () => {
    const id = newId();
    expect(messageIdOf([id])).toBe(id);
  });

  it("is a UUIDv8 that is the same only for the same events", () => {
    const ids = Array.from({ length: 3 }, newId);
    const messageId = messageIdOf(ids);
    expect(messageId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(messageIdOf([...ids])).toBe(messageId);
    expect(messageIdOf(ids.slice(1))).not.toBe(messageId);
  });
});
