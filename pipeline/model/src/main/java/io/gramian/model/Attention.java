package io.gramian.model;

import java.util.List;
import java.util.Optional;

/**
 * Causal attention with {@code heads} query heads that share {@code kvHeads} key-value heads, each
 * of {@code headSize} channels: {@code softmax(q k' / sqrt(d)) v} per head, heads side by side into
 * the output map.
 *
 * @param query {@code [heads * d, h]}
 * @param key {@code [kvHeads * d, h]}
 * @param value {@code [kvHeads * d, h]}
 * @param output {@code [h, heads * d]}
 * @param layout how the rows split into heads
 * @param rope rotary embedding, or null for none
 */
public record Attention(
    LinearSpec query,
    LinearSpec key,
    LinearSpec value,
    LinearSpec output,
    HeadLayout layout,
    Rope rope)
    implements Mixer {

  private static final long serialVersionUID = 1L;

  public Attention {
    divisible("rows of " + query.weight(), query.out(), layout.heads());
    divisible("columns of " + output.weight(), output.in(), layout.heads());
    int queryKey = query.out() / layout.heads();
    size("rows of " + key.weight(), key.out(), layout.kvHeads() * queryKey);
    size(
        "rows of " + value.weight(),
        value.out(),
        layout.kvHeads() * (output.in() / layout.heads()));
    if (rope != null) {
      if (rope.rotarySize() > queryKey) {
        throw new IllegalArgumentException(
            rope.rotarySize() + " rotary channels in a head of " + queryKey);
      }
      if (!rope.pairOrders().isEmpty()) {
        size("pair orders", rope.pairOrders().size(), layout.kvHeads());
      }
    }
  }

  private static void size(String what, int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(what + ": " + actual + " instead of " + expected);
    }
  }

  private static void divisible(String what, int actual, int parts) {
    if (actual % parts != 0) {
      throw new IllegalArgumentException(what + ": " + actual + " for " + parts + " heads");
    }
  }

  /** Channels of a query or key head: {@code d}, or fewer in a narrowed model. */
  public int queryKeySize() {
    return query.out() / layout.heads();
  }

  /** Channels of a value head: {@code d}, or fewer in a narrowed model. */
  public int valueSize() {
    return output.in() / layout.heads();
  }

  @Override
  public String kind() {
    return "attention";
  }

  @Override
  public <R> R accept(MixerVisitor<R> visitor) {
    return visitor.attention(this);
  }

  @Override
  public List<LinearSpec> maps() {
    return List.of(query, key, value, output);
  }

  /** The rotary embedding, if queries and keys are rotated. */
  public Optional<Rope> rotary() {
    return Optional.ofNullable(rope);
  }

  /** The same attention with another rotary embedding. */
  public Attention withRope(Rope other) {
    return new Attention(query, key, value, output, layout, other);
  }
}
