import type { ReactNode } from "react";
import { PocketMoney } from "../pocket-money.js";
import type { Group, Pocket } from "../pocket-queries.js";

interface SpendingEffectProps {
  readonly verb: "Takes" | "Reserves";
  readonly pocket: Pocket;
  readonly group: Group;
  readonly amount: number;
  readonly children?: ReactNode;
}

/** What a debit or a hold does to what is available. */
export function SpendingEffect({ verb, pocket, group, amount, children }: SpendingEffectProps) {
  const rest = pocket.available - amount;
  return (
    <>
      {verb} <PocketMoney amount={amount} group={group} />{" "}
      {verb === "Takes" ? "out of" : "of the balance of"} <bdi>{pocket.phoneNumber}</bdi>.{" "}
      {children}
      Available now: <PocketMoney amount={pocket.available} group={group} />.{" "}
      {rest < 0 ? (
        "That is too little."
      ) : (
        <>
          Available afterwards: <PocketMoney amount={rest} group={group} />.
        </>
      )}
    </>
  );
}
