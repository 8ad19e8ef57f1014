import type { Client } from 'pg';

export interface Size {
  readonly tasks: number;
  readonly users: number;
  readonly teams: number;
  readonly largestTeam?: number;
}

export function loadDataset(client: Client, size: Size): Promise<void>;
export function userId(n: number): string;
export function credentialId(n: number): string;
export function teamId(n: number): string;
export function taskId(n: number, tasks: number): string;
export function apiKey(n: number): string;
export function word(rank: number): string;
export function label(rank: number): string;
