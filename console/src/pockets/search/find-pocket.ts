import { graphql } from "../../api/graphql.js";
import { isUuid } from "../../shared/uuid.js";

/** Marks of direction, which a number that was copied from a right-to-left text contains. */
const MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What a person searches for: the token of an entry or a hold, or a phone number. */
export type Search =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "phoneNumber"; readonly phoneNumber: string };

export function searchOf(text: string): Search {
  const plain = text.replace(MARKS, "").trim();
  return isUuid(plain)
    ? { kind: "token", token: plain.toLowerCase() }
    : { kind: "phoneNumber", phoneNumber: plain };
}

/** The pocket of a number in a group, and the pockets of the number in all groups that the token sees. */
export const FIND_NUMBER = graphql(`
  query FindNumber($slug: String!, $phoneNumber: String!) {
    pocket(pocketGroupSlug: $slug, phoneNumber: $phoneNumber) {
      id
      phoneNumber
    }
    pockets(first: 20, filter: { phoneNumber: { eq: [$phoneNumber] } }) {
      nodes {
        id
        phoneNumber
        pocketGroup {
          slug
          name
        }
      }
    }
  }
`);

/** The entry or the hold with a token in a group, and in all groups that the token sees. */
export const FIND_TOKEN = graphql(`
  query FindToken($slug: String!, $token: UUID!, $id: ID!) {
    pocketEntry(pocketGroupSlug: $slug, token: $token) {
      id
      phoneNumber
    }
    pocketHold(pocketGroupSlug: $slug, token: $token) {
      id
      phoneNumber
    }
    pocketEntries(first: 20, filter: { token: { eq: [$id] } }) {
      nodes {
        id
        phoneNumber
        pocketGroup {
          slug
          name
        }
      }
    }
    pocketHolds(first: 20, filter: { token: { eq: [$id] } }) {
      nodes {
        id
        phoneNumber
        pocketGroup {
          slug
          name
        }
      }
    }
  }
`);

/** The address of a pocket, with the token of one of its entries or holds. */
export function pocketAddress(slug: string, phoneNumber: string, token?: string): string {
  const path = `/pockets/${encodeURIComponent(slug)}/${encodeURIComponent(phoneNumber)}`;
  return token === undefined ? path : `${path}?token=${token}`;
}

/** The address of the list of a pocket's entries. */
export function entriesAddress(slug: string, phoneNumber: string): string {
  return `/entries?${new URLSearchParams({ group: slug, phone: phoneNumber }).toString()}`;
}
