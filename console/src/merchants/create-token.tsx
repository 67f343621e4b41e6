import { Checkbox, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { graphql } from "../api/graphql.js";
import { type Problem, problemsOf } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ActionDialog, errorOf } from "../components/action-dialog.js";
import { NameInput } from "../components/name-input.js";
import { RecordSelect } from "../components/record-select.js";
import { SecretDialog } from "../components/secret-dialog.js";
import { formatTime, instantOf } from "../shared/time.js";
import { wordsOf } from "../shared/words.js";
import { CREATE_TOKEN, type Merchant, type Scope } from "./merchant-documents.js";
import { MERCHANT_SCOPES, isMerchantScope } from "./scopes.js";

interface TokenValues {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly employeeId: string | null;
  /** The value of an input of a local time; empty if the token never expires. */
  readonly expiry: string;
}

const NEW: TokenValues = { name: "", scopes: [], employeeId: null, expiry: "" };

const FIELDS = ["name", "scopes", "employeeId", "expiresAt"];

interface CreateTokenProps {
  readonly merchant: Merchant;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function CreateTokenDialog({ merchant, readAgain, onClose }: CreateTokenProps) {
  const [values, setValues] = useState(NEW);
  const [secret, setSecret] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const action = useAction(
    CREATE_TOKEN,
    ({ createApiToken: answer }) => {
      setSecret(answer.secret);
      return problemsOf(answer.userErrors);
    },
    readAgain,
  );
  if (isDone && secret !== null) {
    return (
      <SecretDialog
        title="The token is created"
        label="API token"
        secret={secret}
        onClose={onClose}
      >
        Store the token where the merchant’s program finds it, which sends it as “Authorization:
        Token …”. If you lose it, create another one and revoke this one.
      </SecretDialog>
    );
  }
  const name = values.name.trim();
  const { scopes, employeeId, expiry } = values;
  const input = {
    merchantId: merchant.id,
    name,
    scopes: [...scopes],
    employeeId,
    expiresAt: instantOf(expiry),
  };
  return (
    <ActionDialog
      title="Create an API token"
      effect={effectOf(values)}
      label="Create the token"
      size="xl"
      canRun={name !== "" && scopes.length > 0}
      action={action}
      fields={FIELDS}
      onClose={onClose}
      onRun={() => {
        void action.run({ input }).then(setDone);
      }}
    >
      <TokenFields
        merchantId={merchant.id}
        values={values}
        onChange={setValues}
        problems={action.problems}
      />
    </ActionDialog>
  );
}

function effectOf({ scopes, expiry }: TokenValues): string {
  if (scopes.length === 0) return "Select what the token may do.";
  const instant = instantOf(expiry);
  const until = instant === null ? "until you revoke it" : `until ${formatTime(instant)}`;
  const which = scopes.length === 1 ? "this scope" : `these ${String(scopes.length)} scopes`;
  return `Whoever has the token can use ${which} for the merchant, ${until}. Its secret is shown once.`;
}

interface TokenFieldsProps {
  readonly merchantId: string;
  readonly values: TokenValues;
  readonly onChange: (values: TokenValues) => void;
  readonly problems: readonly Problem[];
}

function TokenFields({ merchantId, values, onChange, problems }: TokenFieldsProps) {
  const change = (changes: Partial<TokenValues>): void => {
    onChange({ ...values, ...changes });
  };
  return (
    <>
      <NameInput
        description="What the token is for, such as the program that uses it."
        value={values.name}
        error={errorOf(problems, "name")}
        onChange={(name) => change({ name })}
      />
      <Checkbox.Group
        label="Scopes"
        description="What the token may do. Select only what its program needs."
        required
        value={[...values.scopes]}
        error={errorOf(problems, "scopes")}
        onChange={(scopes) => change({ scopes: scopes.filter(isMerchantScope) })}
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} verticalSpacing={6} mt="xs">
          {MERCHANT_SCOPES.map(({ scope, words }) => (
            <Checkbox key={scope} value={scope} label={wordsOf(scope)} description={words} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <EmployeeSelect
          merchantId={merchantId}
          value={values.employeeId}
          error={errorOf(problems, "employeeId")}
          onChange={(employeeId) => change({ employeeId })}
        />
        <TextInput
          label="Expires"
          description="Empty if the token never expires."
          type="datetime-local"
          value={values.expiry}
          error={errorOf(problems, "expiresAt")}
          onChange={(event) => change({ expiry: event.currentTarget.value })}
        />
      </SimpleGrid>
    </>
  );
}

const FIND_EMPLOYEES = graphql(`
  query FindEmployees($id: ID!, $filter: EmployeeFilter) {
    merchant(id: $id) {
      id
      employees(filter: $filter, first: 20, sort: [{ field: NAME }]) {
        nodes {
          id
          name
          email
        }
      }
    }
  }
`);

interface EmployeeSelectProps {
  readonly merchantId: string;
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (id: string | null) => void;
}

function EmployeeSelect({ merchantId, value, error, onChange }: EmployeeSelectProps) {
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search, 200);
  const filter = { isActive: { eq: true }, ...(text === "" ? {} : { name: { match: [text] } }) };
  const { data } = useOperation(FIND_EMPLOYEES, { id: merchantId, filter });
  return (
    <RecordSelect
      label="Employee"
      description="Optional. Recorded with what the token creates."
      clearable
      clearButtonProps={{ "aria-label": "Clear the employee" }}
      records={data?.merchant?.employees.nodes.map(({ id, name, email }) => ({
        id,
        name,
        detail: email,
      }))}
      search={search}
      onSearchChange={setSearch}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
