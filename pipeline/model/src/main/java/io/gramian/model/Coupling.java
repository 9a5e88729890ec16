package io.gramian.model;

/** The five kinds of coupling group: tensors and axes that one order reorders together. */
public enum Coupling {
  /** Rows of gate and up, columns of down. */
  MLP("mlp"),
  /** Rows of query and key of one KV head. */
  QUERY_KEY("query-key"),
  /** Rows of value and columns of output of one KV head: a change of basis. */
  VALUE_OUTPUT("value-output");

  private final String label;

  Coupling(String label) {
    this.label = label;
  }

  /** The name used in options and artifacts. */
  public String label() {
    return label;
  }
}
