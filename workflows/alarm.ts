import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** One timer for one instant. Setting the same instant again changes nothing, so an act that moves no deadline costs no timer. */
export class Alarm {
  /** Stays true until the alarm is set anew or cleared. */
  rang = false;
  #at: string | null = null;
  #scope: CancellationScope | undefined;

  /** `onRing` is called when the instant comes, not when it is past already as the alarm is set. */
  constructor(private readonly onRing: () => void) {}

  set(at: string | null): void {
    if (at === this.#at) return;
    this.#scope?.cancel();
    this.#scope = undefined;
    this.#at = at;
    this.rang = false;
    if (at === null) return;
    const wait = Date.parse(at) - Date.now();
    if (wait <= 0) {
      this.rang = true;
      return;
    }
    const scope = new CancellationScope();
    this.#scope = scope;
    scope
      .run(() => sleep(wait))
      .then(
        () => {
          if (this.#scope !== scope) return;
          this.rang = true;
          this.onRing();
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  /** Forgets the instant, so that setting it again waits again. */
  clear(): void {
    this.set(null);
  }
}
