package io.gramian.model.allocation;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Turns block influence into widths that meet a global keep ratio (algorithms.md section 4).
 *
 * <p>Block {@code i} is pruned at the rate {@code phi_i = min(cap, c s_i)}, {@code s = softmax(-BI
 * / epsilon)}, and its couplings are rounded to the device's steps. As {@code c} grows, widths fall
 * one step at a time, each at a {@code c} that can be written down; sorted by it, the steps are a
 * path from the whole model to the narrowest, and the allocation for a target is the prefix of the
 * path whose parameters come closest to it. That is exact where bisecting {@code c} is not, and
 * meets the target within half of the one step that crosses it. Where several steps fall at the
 * same {@code c} (equal influence, or attention and MLP of a layer) the prefix may end between
 * them. A narrower model's widths never exceed a wider one's.
 *
 * <p>The achieved ratio is parameters of the narrowed blocks over parameters of the blocks, their
 * norms included, embedding, head and final norm not. Cost: one sort of {@code sum n / step} steps.
 */
public final class RatioAllocation {

  private final DecoderSpec spec;
  private final List<Double> influences;
  private final AllocationRule rule;
  private final DeviceProfile profile;
  private final double least;
  private final List<WidthStep> path;
  private final long whole;

  /**
   * Lays out the path.
   *
   * @param influences by block index: mean of {@code 1 - cos} over tokens, of the block or of its
   *     layer as the rule's scope says
   * @throws UserException if an influence is not finite
   */
  public RatioAllocation(
      DecoderSpec spec, List<Double> influences, AllocationRule rule, DeviceProfile profile) {
    this.spec = spec;
    this.influences = List.copyOf(influences);
    this.rule = rule;
    this.profile = profile;
    requireInfluences();
    this.least = influences.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    this.path =
        spec.blocks().stream().flatMap(b -> steps(b).stream()).sorted(WidthStep.ORDER).toList();
    this.whole = spec.blocks().stream().mapToLong(ResidualBlock::parameterCount).sum();
  }

  private void requireInfluences() {
    if (influences.size() != spec.blocks().size()) {
      throw new IllegalArgumentException(
          influences.size() + " influences for " + spec.blocks().size() + " blocks");
    }
    for (int i = 0; i < influences.size(); i++) {
      if (!Double.isFinite(influences.get(i))) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "the influence of block %d is %s: calibrate again",
                i,
                influences.get(i)));
      }
    }
  }

  private List<WidthStep> steps(ResidualBlock block) {
    double hindrance = hindrance(block.blockIndex());
    return new StepsOfBlock(block, profile.granularity())
        .below(rule.cap(), rate -> StrictMath.log(rate) + hindrance);
  }

  /**
   * {@code (BI - min BI) / epsilon}: minus the logarithm of the block's share, the largest being 1.
   * The softmax's divisor is part of {@code c}; logarithms keep shares apart that would underflow.
   */
  private double hindrance(int block) {
    return (influences.get(block) - least) / rule.epsilon();
  }

  /**
   * The widths for a target.
   *
   * @param target fraction of the blocks' parameters to keep
   * @throws UserException if even the narrowest widths hold more
   */
  public Allocation at(KeepRatio target) {
    double wanted = target.value() * whole;
    int steps = closest(wanted);
    long kept = whole - saved(steps);
    requireReached(target, wanted, kept, steps);
    double logScale = steps == 0 ? Double.NEGATIVE_INFINITY : path.get(steps - 1).logScale();
    List<BlockWidths> widths = widthsAfter(steps);
    List<BlockAllocation> blocks =
        IntStream.range(0, widths.size()).mapToObj(i -> block(i, logScale, widths.get(i))).toList();
    return new Allocation(target, (double) kept / whole, rule, profile, blocks);
  }

  private int closest(double wanted) {
    long kept = whole;
    int best = 0;
    double error = Math.abs(kept - wanted);
    for (int i = 0; i < path.size(); i++) {
      kept -= path.get(i).saved();
      if (Math.abs(kept - wanted) < error) {
        best = i + 1;
        error = Math.abs(kept - wanted);
      }
    }
    return best;
  }

  private long saved(int steps) {
    return path.subList(0, steps).stream().mapToLong(WidthStep::saved).sum();
  }

  private void requireReached(KeepRatio target, double wanted, long kept, int steps) {
    double tolerance = path.isEmpty() ? 0 : path.get(path.size() - 1).saved() / 2.0;
    if (steps == path.size() && kept - wanted > tolerance) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "keep ratio %s cannot be reached: with cap %s and the steps of profile %s (mlp %d,"
                  + " heads %d, states %d, ssm-heads %d) the blocks keep at least %.4f of their"
                  + " parameters; give a larger ratio, a larger --cap or a profile with finer steps",
              target.value(),
              rule.cap(),
              profile.name(),
              profile.granularity().mlp(),
              profile.granularity().heads(),
              profile.granularity().states(),
              profile.granularity().ssmHeads(),
              (double) kept / whole));
    }
  }

  private List<BlockWidths> widthsAfter(int steps) {
    List<Map<Coupling, List<Integer>>> kept = new ArrayList<>();
    spec.blocks().forEach(block -> kept.add(new EnumMap<>(Coupling.class)));
    path.subList(0, steps)
        .forEach(step -> kept.get(step.block()).put(step.coupling(), step.kept()));
    return kept.stream().map(BlockWidths::new).toList();
  }

  private BlockAllocation block(int index, double logScale, BlockWidths widths) {
    double rate = Math.min(rule.cap(), StrictMath.exp(logScale - hindrance(index)));
    KeepRatio ratio = new KeepRatio(1 - rate);
    return BlockAllocation.of(spec.blocks().get(index), influences.get(index), ratio, widths);
  }
}
