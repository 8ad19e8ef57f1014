import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { Gauge } from 'prom-client';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Metrics } from '../telemetry/metrics.js';

/**
 * Milliseconds between readings of the two files. Watching would miss what Kubernetes does, which is to replace a symbolic link
 * two folders above.
 */
const READ_EVERY_MS = 2_000;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const isSame = (one: Pair, other: Pair): boolean => one.cert === other.cert && one.key === other.key;

/**
 * Gives the listener a new certificate when its files change, so that a renewal needs no restart. Open connections keep the
 * one before. A pair that does not belong together is left alone: the files are written one after the other.
 */
@Injectable()
export class TlsCertificate implements BeforeApplicationShutdown {
  readonly #logger = new Logger(TlsCertificate.name);
  readonly #expiry: Gauge | null;
  #timer: NodeJS.Timeout | null = null;
  #refused: Pair | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    { registry }: Metrics,
  ) {
    this.#expiry = config.api.tls
      ? new Gauge({
          name: 'taskmaster_tls_certificate_expiry_timestamp_seconds',
          help: 'When the certificate of the listener expires, in seconds since the epoch.',
          registers: [registry],
        })
      : null;
  }

  install(server: Server): void {
    const { tls } = this.config.api;
    if (!tls || !(server instanceof TlsServer)) return;
    let current: Pair = { cert: tls.cert, key: tls.key };
    this.#tellExpiry(current);
    this.#timer = setInterval(() => {
      void this.#read(tls).then((found) => {
        if (found && !isSame(found, current) && this.#replace(server, found)) current = found;
      });
    }, READ_EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  async #read({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<Pair | null> {
    try {
      const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
      return { cert, key };
    } catch (error) {
      this.#logger.warn({ error }, 'the certificate of the listener cannot be read again');
      return null;
    }
  }

  #replace(server: TlsServer, found: Pair): boolean {
    if (this.#refused && isSame(found, this.#refused)) return false;
    try {
      server.setSecureContext({ ...found, minVersion: 'TLSv1.2' });
    } catch (error) {
      this.#refused = found;
      this.#logger.error({ error }, 'the new certificate of the listener cannot be used; the one before stays');
      return false;
    }
    this.#tellExpiry(found);
    this.#logger.log('the listener has a new certificate');
    return true;
  }

  #tellExpiry({ cert }: Pair): void {
    this.#expiry?.set(new X509Certificate(cert).validToDate.getTime() / 1000);
  }
}
