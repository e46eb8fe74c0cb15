import { total } from "../total";

export default function Page() {
  return <p>Shop: {total([1, 2])}</p>;
}
