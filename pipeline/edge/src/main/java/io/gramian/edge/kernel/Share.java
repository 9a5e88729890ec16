package io.gramian.edge.kernel;

/**
 * A worker's part of what is shared out over a team: part {@code index} of {@code of} equal ones.
 *
 * @param index 0 to {@code of - 1}
 * @param of workers of the team
 */
public record Share(int index, int of) {

  /** The first of {@code count} things that are this worker's. */
  public int from(int count) {
    return (int) ((long) count * index / of);
  }

  /** One past the last. */
  public int to(int count) {
    return (int) ((long) count * (index + 1) / of);
  }
}
