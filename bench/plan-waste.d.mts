export interface DiscardingNode {
  readonly node: string;
  readonly discarded: number;
  readonly passed: number;
}

export function discardingNodes(plan: unknown): DiscardingNode[];
export function wasteOf(plan: unknown, returned: number): number;
