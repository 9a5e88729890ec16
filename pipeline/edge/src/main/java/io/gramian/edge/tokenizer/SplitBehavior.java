package io.gramian.edge.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What becomes of the delimiters at which a text is split. */
enum SplitBehavior {
  /** They vanish. */
  REMOVED("Removed"),
  /** Each is a part. */
  ISOLATED("Isolated"),
  /** Each belongs to the text before it; of several in a row only the first. */
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /** Each belongs to the text after it; of several in a row only the last. */
  MERGED_WITH_NEXT("MergedWithNext"),
  /** Those in a row are one part. */
  CONTIGUOUS("Contiguous");

  /** A stretch of the text; together they cover it. */
  record Stretch(int start, int end, boolean delimiter) {}

  private final String label;

  SplitBehavior(String label) {
    this.label = label;
  }

  /** Reads {@code behavior} of a pre-tokenizer. */
  static SplitBehavior read(Section section) {
    String label = section.text("behavior");
    for (SplitBehavior behavior : values()) {
      if (behavior.label.equals(label)) {
        return behavior;
      }
    }
    throw section.wrong(
        "behavior",
        "is %s, where Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous is needed"
            .formatted(Section.quoted(label)));
  }

  /** Hands the parts of {@code piece} to {@code next}. */
  void split(Piece piece, List<Stretch> stretches, Consumer<Piece> next) {
    List<Stretch> parts = new ArrayList<>();
    for (Stretch stretch : stretches) {
      if (!parts.isEmpty() && joins(parts.get(parts.size() - 1), stretch)) {
        parts.set(parts.size() - 1, joined(parts.get(parts.size() - 1), stretch));
      } else if (this != REMOVED || !stretch.delimiter) {
        parts.add(stretch);
      }
    }
    for (Stretch part : parts) {
      if (part.start < part.end) {
        next.accept(piece.part(part.start, part.end));
      }
    }
  }

  private boolean joins(Stretch left, Stretch right) {
    return switch (this) {
      case REMOVED, ISOLATED -> false;
      case MERGED_WITH_PREVIOUS -> right.delimiter && !left.delimiter;
      case MERGED_WITH_NEXT -> left.delimiter && !right.delimiter;
      case CONTIGUOUS -> left.delimiter == right.delimiter;
    };
  }

  /** A delimiter that is merged into a text ends it: nothing more may join. */
  private Stretch joined(Stretch left, Stretch right) {
    boolean delimiter = this == CONTIGUOUS ? left.delimiter : this == MERGED_WITH_PREVIOUS;
    return new Stretch(left.start, right.end, delimiter);
  }
}
