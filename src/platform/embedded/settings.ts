/** Sized for a laptop with other work. Settings that acknowledged writes depend on keep their safe values. */
export const EMBEDDED_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  min_wal_size: '256MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '10min',
  // Laptops have SSDs, and the statements are short: JIT compilation costs more than it saves.
  random_page_cost: '1.1',
  jit: 'off',
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
} as const;
