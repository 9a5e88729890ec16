package io.gramian.compress.sort;

/** How the rotary pairs of a KV head are ranked (algorithms.md section 2). */
public enum QueryKeyCriterion implements Criterion {
  /** The paper's Algorithms 2 and 6: {@code sum over heads of sqrt(Cq_ii Ck_ii)}. */
  NORM("norm"),

  /**
   * Not at all: pairs stay where the model has them, so that runtimes which know one order of
   * rotary frequencies read the sorted checkpoint. Scores are those of {@link #NORM}.
   */
  NONE("none");

  private final String label;

  QueryKeyCriterion(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
