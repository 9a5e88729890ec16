package io.gramian.spark.run;

/** What to do with a phase's outputs that were made from something else. */
public enum ExistingOutputs {
  /** Stop and say what differs. */
  REFUSE,
  /** Make them anew, and forget the phases that built on them. */
  REPLACE
}
