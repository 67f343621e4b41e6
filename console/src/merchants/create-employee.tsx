import { TextInput } from "@mantine/core";
import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ActionDialog, errorOf } from "../components/action-dialog.js";
import { NameInput } from "../components/name-input.js";
import { CREATE_EMPLOYEE } from "./merchant-documents.js";

interface CreateEmployeeProps {
  readonly merchantId: string;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function CreateEmployeeDialog({ merchantId, readAgain, onClose }: CreateEmployeeProps) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const action = useAction(CREATE_EMPLOYEE, refusalsIn, readAgain);
  const input = { merchantId, name: name.trim(), email: email.trim() };
  return (
    <ActionDialog
      title="Add an employee"
      effect="The employee is active at once. Tie a token to the employee, so that what it creates carries the name."
      label="Add the employee"
      canRun={input.name !== "" && input.email !== ""}
      action={action}
      fields={["name", "email"]}
      onClose={onClose}
      onRun={() => {
        void action.run({ input }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <NameInput
        autoComplete="off"
        value={name}
        error={errorOf(action.problems, "name")}
        onChange={setName}
      />
      <TextInput
        label="E-mail"
        required
        inputMode="email"
        autoComplete="off"
        value={email}
        error={errorOf(action.problems, "email")}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
    </ActionDialog>
  );
}
