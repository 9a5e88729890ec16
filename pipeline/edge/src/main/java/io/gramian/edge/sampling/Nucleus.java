package io.gramian.edge.sampling;

/**
 * The likeliest tokens, selected without sorting the others: candidates that are likely enough form
 * a heap, from which the likeliest are taken until they suffice. Of equal ones the lower id is
 * taken first.
 */
final class Nucleus {

  /** Ids: a heap of {@code size}, behind it those taken, the likeliest last. */
  private final int[] ids;

  private double[] weights = new double[0];
  private int candidates;
  private int size;

  /** For a vocabulary of that many tokens. */
  Nucleus(int vocabulary) {
    ids = new int[vocabulary];
  }

  /**
   * Draws from the fewest likeliest tokens that have {@code share} of all weight.
   *
   * @param weights of all tokens; none is negative, and {@code total} is their sum
   * @param share above 0 and below 1
   * @param chance from 0 up to but not including 1
   */
  int draw(double[] weights, double total, double share, double chance) {
    this.weights = weights;
    collect(total * (1 - share) / weights.length);
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    return pick(chance * take(share * total));
  }

  /**
   * Collects the candidates. The tokens below {@code floor} have less than {@code 1 - share}
   * together, so that the others reach the share without them; half of it leaves room for rounding.
   */
  private void collect(double floor) {
    size = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > floor / 2) {
        ids[size++] = id;
      }
    }
    candidates = size;
  }

  /** Takes the likeliest until they weigh {@code enough}; returns what they weigh. */
  private double take(double enough) {
    double mass = 0;
    while (mass < enough && size > 0) {
      int likeliest = ids[0];
      mass += weights[likeliest];
      ids[0] = ids[--size];
      ids[size] = likeliest;
      sink(0);
    }
    return mass;
  }

  private int pick(double place) {
    double left = place;
    for (int i = candidates - 1; i >= size; i--) {
      left -= weights[ids[i]];
      if (left < 0) {
        return ids[i];
      }
    }
    // Rounding may leave a last crumb.
    return ids[candidates - 1];
  }

  private void sink(int start) {
    int hole = start;
    int id = ids[hole];
    for (int child = likelierChild(hole); child < size; child = likelierChild(hole)) {
      if (!isLikelier(ids[child], id)) {
        break;
      }
      ids[hole] = ids[child];
      hole = child;
    }
    ids[hole] = id;
  }

  private int likelierChild(int parent) {
    int left = 2 * parent + 1;
    return left + 1 < size && isLikelier(ids[left + 1], ids[left]) ? left + 1 : left;
  }

  private boolean isLikelier(int left, int right) {
    return weights[left] > weights[right] || (weights[left] == weights[right] && left < right);
  }
}
