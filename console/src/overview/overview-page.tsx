import { Page } from "../components/page.js";

export default function OverviewPage() {
  return <Page title="Overview">Charged, spent and refunded.</Page>;
}
