package io.gramian.edge.generate;

/** Why a text came to its end. */
public enum EndReason {
  /** The model said so, by one of its end tokens. */
  END_TOKEN("end of text"),
  /** As many tokens as were asked for. */
  LIMIT("limit"),
  /** The session has no room for another one. */
  ROOM("no room left");

  private final String text;

  EndReason(String text) {
    this.text = text;
  }

  /** In words, for a person. */
  public String text() {
    return text;
  }
}
