import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { Name, Status, Time } from "../components/values.js";
import { NUMBERED_PAGE_SIZE, NumberedList } from "../listing/numbered-list.js";
import { CreateEmployeeDialog } from "./create-employee.js";
import {
  type Employee,
  MERCHANT_EMPLOYEES,
  type Merchant,
  UPDATE_EMPLOYEE,
} from "./merchant-documents.js";

/** The people who work for the merchant. */
export function MerchantEmployees({ merchant }: { readonly merchant: Merchant }) {
  const { id } = merchant;
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(MERCHANT_EMPLOYEES, { id, page });
  const { reload: readAgain } = operation;
  return (
    <Loaded operation={operation} label="Loading the employees">
      {({ merchant: found }) => (
        <NumberedList
          title="Employees"
          empty="The merchant has no employees yet."
          rows={found?.employees.nodes ?? []}
          page={number}
          onPage={setNumber}
          action={
            <DialogButton label="Add an employee">
              {(close) => (
                <CreateEmployeeDialog merchantId={id} readAgain={readAgain} onClose={close} />
              )}
            </DialogButton>
          }
          columns={[
            { header: "Name", cell: ({ name }) => <Name>{name}</Name> },
            { header: "E-mail", cell: ({ email }) => email },
            {
              header: "Status",
              cell: ({ isActive }) => <Status value={isActive ? "ACTIVE" : "INACTIVE"} />,
            },
            { header: "Added", cell: ({ createdAt }) => <Time at={createdAt} /> },
            {
              header: "Action",
              cell: (employee) => <ActivateButton employee={employee} readAgain={readAgain} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

interface ActivateProps {
  readonly employee: Employee;
  readonly readAgain: () => Promise<unknown>;
}

function ActivateButton(props: ActivateProps) {
  const { isActive, name } = props.employee;
  const label = isActive ? "Deactivate" : "Activate";
  return (
    <DialogButton label={label} fullLabel={`${label} ${name}`} size="xs">
      {(close) => <ActivateDialog {...props} onClose={close} />}
    </DialogButton>
  );
}

function ActivateDialog({
  employee: { id, name, isActive },
  readAgain,
  onClose,
}: ActivateProps & { readonly onClose: () => void }) {
  const action = useAction(UPDATE_EMPLOYEE, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title={isActive ? "Deactivate the employee" : "Activate the employee"}
      effect={
        <>
          {isActive
            ? "The server refuses every request with the tokens of "
            : "The server accepts the tokens of "}
          <bdi>{name}</bdi>
          {isActive
            ? " until you activate the employee again."
            : " again, except those that have expired or were revoked."}
        </>
      }
      label={isActive ? "Deactivate the employee" : "Activate the employee"}
      isDangerous={isActive}
      action={action}
      variables={{ id, input: { isActive: !isActive } }}
      onClose={onClose}
    />
  );
}
