package io.gramian.model;

import java.util.Optional;

/**
 * Causal attention with {@code heads} query heads that share {@code kvHeads} key-value heads, each
 * of {@code headSize} channels.
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

  @Override
  public String kind() {
    return "attention";
  }

  @Override
  public <R> R accept(MixerVisitor<R> visitor) {
    return visitor.attention(this);
  }

  public Optional<Rope> rotary() {
    return Optional.ofNullable(rope);
  }
}
