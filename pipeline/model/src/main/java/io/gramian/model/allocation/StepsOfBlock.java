package io.gramian.model.allocation;

import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.Unit;
import io.gramian.model.UnitSegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Every width that rounding can give a block, as steps down from the whole.
 *
 * <p>A coupling of {@code n} channels at steps of {@code g} has the widths {@code n} and {@code k
 * g} below it. {@link KeepRatio#unitsOf} rounds to the nearest, half up, so width {@code k g} is
 * reached where the pruning rate passes {@code 1 - (k + 1/2) g / n}.
 */
final class StepsOfBlock {

  private final ResidualBlock block;
  private final Granularity granularity;

  StepsOfBlock(ResidualBlock block, Granularity granularity) {
    this.block = block;
    this.granularity = granularity;
  }

  /**
   * All steps whose pruning rate is below {@code cap}, widest first within a coupling.
   *
   * @param logScale {@code ln c} at which the block's pruning rate is as given
   */
  List<WidthStep> below(double cap, ToDoubleFunction<Double> logScale) {
    Map<Coupling, CoupledUnits> first = new EnumMap<>(Coupling.class);
    CouplingGroups.of(block).forEach(units -> first.putIfAbsent(units.group().coupling(), units));
    List<WidthStep> steps = new ArrayList<>();
    first.forEach(
        (coupling, units) -> {
          int all = units.segments().stream().mapToInt(UnitSegment::channels).sum();
          int step = granularity.units(coupling, Unit.CHANNEL);
          long before = block.parameterCount();
          for (int k = (all - 1) / step; k >= 1; k--) {
            double rate = Math.max(0, 1 - (k + 0.5) * step / all);
            if (rate >= cap) {
              break;
            }
            List<Integer> kept = counts(coupling, (double) k * step / all);
            long after = parameters(coupling, kept);
            steps.add(
                new WidthStep(
                    block.blockIndex(),
                    coupling,
                    kept,
                    logScale.applyAsDouble(rate),
                    before - after));
            before = after;
          }
        });
    return steps;
  }

  private List<Integer> counts(Coupling coupling, double ratio) {
    return BlockWidths.uniform(block, new KeepRatio(ratio), granularity).kept().get(coupling);
  }

  /** Couplings share no tensor's axis, so what one of them saves is independent of the others. */
  private long parameters(Coupling coupling, List<Integer> kept) {
    return NarrowedBlock.of(block, new BlockWidths(Map.of(coupling, kept))).parameterCount();
  }
}
