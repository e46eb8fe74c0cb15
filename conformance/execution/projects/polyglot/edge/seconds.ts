import ms from "ms";

export function seconds(duration: string): number {
  return ms(duration) / 1000;
}
