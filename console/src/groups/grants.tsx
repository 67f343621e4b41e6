import { DialogButton } from "../components/dialog-button.js";
import { RecordLink } from "../components/record-link.js";
import { Status } from "../components/values.js";
import { NumberedList, type NumberedListProps } from "../listing/numbered-list.js";
import { GrantDialog, type GrantDialogProps } from "./grant-dialog.js";
import { RevokeGrantButton, type RevokeGrantProps } from "./revoke-grant.js";

/** A group that a merchant may use, or a merchant that may use a group. */
interface Granted {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
}

interface GrantsProps<Row extends Granted> extends NumberedListProps<Row> {
  readonly addressOf: (row: Row) => string;
  /** The label of the button that opens the dialog, and what the dialog grants. */
  readonly button: string;
  readonly dialog: Omit<GrantDialogProps, "readAgain" | "onClose">;
  readonly revokeOf: (row: Row) => Omit<RevokeGrantProps, "readAgain">;
  readonly readAgain: () => Promise<unknown>;
}

/** The groups of a merchant or the merchants of a group, each of which can be revoked. */
export function Grants<Row extends Granted>(props: GrantsProps<Row>) {
  const { columns, addressOf, button, dialog, revokeOf, readAgain, ...list } = props;
  return (
    <NumberedList
      {...list}
      action={
        <DialogButton label={button}>
          {(close) => <GrantDialog {...dialog} readAgain={readAgain} onClose={close} />}
        </DialogButton>
      }
      columns={[
        {
          header: "Name",
          cell: (row) => <RecordLink to={addressOf(row)}>{row.name}</RecordLink>,
        },
        ...columns,
        {
          header: "Status",
          cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
        },
        {
          header: "Action",
          cell: (row) => <RevokeGrantButton {...revokeOf(row)} readAgain={readAgain} />,
        },
      ]}
    />
  );
}
