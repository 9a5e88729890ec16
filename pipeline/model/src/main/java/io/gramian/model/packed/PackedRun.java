package io.gramian.model.packed;

import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import java.io.Serializable;
import java.util.Optional;

/**
 * Channels that stand together on a packed axis and of which a width keeps a prefix: a segment of a
 * coupling group's units, each unit's channels side by side. Half-split RoPE pairs {@code a, b, ..,
 * a', b', ..} are thus stored {@code a, a', b, b', ..}.
 *
 * @param first its first channel on the axis
 * @param units how many units there are
 * @param channelsPerUnit channels that stay together: unit {@code u} takes the checkpoint's
 *     channels {@code first + u + k * units}
 * @param coupling whose widths shorten it, or null where no width does
 * @param segment of the coupling's units
 */
public record PackedRun(int first, int units, int channelsPerUnit, Coupling coupling, int segment)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The coupling whose widths shorten the run, if there is one. */
  public Optional<Coupling> prunedBy() {
    return Optional.ofNullable(coupling);
  }

  /** Channels of the whole run. */
  public int channels() {
    return units * channelsPerUnit;
  }

  /** Channels that {@code widths} keep: the first ones. */
  public int kept(BlockWidths widths) {
    return prunedBy().map(widths.kept()::get).map(counts -> counts.get(segment)).orElse(units)
        * channelsPerUnit;
  }
}
