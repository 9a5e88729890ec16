package io.gramian.edge.profile;

import io.gramian.edge.EdgeSession;
import io.gramian.edge.sampling.Greedy;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Measures a session at its width: runs of a prompt of random tokens, which say nothing and cost
 * what any others do, and of the likeliest tokens behind it.
 */
public final class SessionProfiler {

  private static final long SEED = 1;
  private static final int RUNS = 3;
  private static final double NANOS = 1e9;

  private final ProfileSettings settings;
  private final Greedy sampler = new Greedy();

  /** Measures that. */
  public SessionProfiler(ProfileSettings settings) {
    this.settings = settings;
  }

  /** Measures {@code session}, whose text is forgotten. */
  public SessionProfile measure(EdgeSession session) {
    int[] prompt =
        new SplittableRandom(SEED)
            .ints(settings.promptTokens(), 0, session.vocabularySize())
            .toArray();
    long[] first = new long[RUNS];
    long[] others = new long[RUNS * settings.tokens()];
    warmUp(session, prompt);
    for (int run = 0; run < RUNS; run++) {
      first[run] = run(session, prompt, others, run * settings.tokens());
    }
    return new SessionProfile(median(first) / NANOS, median(others) / NANOS);
  }

  private void warmUp(EdgeSession session, int[] prompt) {
    long[] ignored = new long[settings.tokens()];
    long start = now();
    do {
      run(session, prompt, ignored, 0);
    } while (now() - start < settings.warmUpSeconds() * NANOS);
  }

  /** Sets the times of all tokens but the first from {@code at} on; returns that of the first. */
  private long run(EdgeSession session, int[] prompt, long[] times, int at) {
    session.reset();
    int[] token = {0};
    long start = now();
    token[0] = sampler.next(session.append(prompt));
    long before = now();
    long first = before - start;
    for (int i = 0; i < settings.tokens(); i++) {
      token[0] = sampler.next(session.append(token));
      long after = now();
      times[at + i] = after - before;
      before = after;
    }
    return first;
  }

  private long now() {
    return settings.clock().getAsLong();
  }

  private static double median(long[] times) {
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
  }
}
