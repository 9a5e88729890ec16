package io.gramian.model.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RatioAllocationTest {

  private static final double CAP = AllocationRule.DEFAULT.cap();

  /** Far above the rounding of the logarithms, far below any step. */
  private static final double HAIR = 1e-9;

  private static final List<Granularity> STEPS =
      List.of(
          new Granularity(1, 2, 1, 1), new Granularity(4, 2, 2, 1), new Granularity(13, 4, 3, 3));

  private static final List<Double> TARGETS =
      List.of(1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.5);

  static Set<String> fixtures() {
    return RandomConfigs.all().keySet();
  }

  /** Several seeds a fixture, each with every granularity in turn. */
  private record Case(long seed, DecoderSpec spec, List<Double> influences, DeviceProfile profile) {

    static List<Case> of(String fixture) {
      DecoderSpec spec = describe(fixture);
      return Stream.iterate(1L, seed -> seed + 1)
          .limit(5)
          .map(seed -> new Case(seed, spec, influences(spec, seed), profile(seed)))
          .toList();
    }

    /** From nearly alike to far apart, as the seed has it. */
    private static List<Double> influences(DecoderSpec spec, long seed) {
      Random random = new Random(seed);
      double spread = List.of(0.02, 0.3, 1.9).get((int) (seed % 3));
      return spec.blocks().stream().map(block -> spread * random.nextDouble()).toList();
    }

    private static DeviceProfile profile(long seed) {
      return RatioAllocationTest.profile(STEPS.get((int) (seed / 2 % STEPS.size())));
    }

    RatioAllocation ratios() {
      return new RatioAllocation(spec, influences, AllocationRule.DEFAULT, profile);
    }

    String label(double target) {
      return "seed " + seed + " target " + target + " influences " + influences;
    }
  }

  private static DeviceProfile profile(Granularity steps) {
    return new DeviceProfile("test", steps, 32);
  }

  private static DecoderSpec describe(String fixture) {
    return Families.describe(RandomCheckpoint.hfConfig(RandomConfigs.all().get(fixture)));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void theTargetIsMetWithinHalfARoundingStep(String fixture) {
    for (Case c : Case.of(fixture)) {
      double step = largestStep(c);
      for (double target : TARGETS) {
        Allocation allocation = c.ratios().at(new KeepRatio(target));
        double achieved = ratio(c.spec(), allocation.widths(c.spec()));
        assertThat(allocation.achieved()).as(c.label(target)).isEqualTo(achieved);
        assertThat(achieved).as(c.label(target)).isCloseTo(target, within(step / 2 + HAIR));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void noScaleComesCloser(String fixture) {
    for (Case c : Case.of(fixture)) {
      for (double target : List.of(0.9, 0.65)) {
        double error = Math.abs(c.ratios().at(new KeepRatio(target)).achieved() - target);
        assertThat(error).as(c.label(target)).isLessThanOrEqualTo(closestOnGrid(c, target) + HAIR);
      }
    }
  }

  /** Plain loops: the rounded widths at many scales, and how close one comes. */
  private static double closestOnGrid(Case c, double target) {
    double least = Collections.min(c.influences());
    double closest = Math.abs(1 - target);
    for (double logScale = -8; logScale < 26; logScale += 0.25) {
      double kept = 0;
      for (ResidualBlock block : c.spec().blocks()) {
        double hindrance = (c.influences().get(block.blockIndex()) - least) / 0.1;
        double rate = Math.min(CAP, Math.exp(logScale - hindrance));
        BlockWidths widths =
            BlockWidths.uniform(block, new KeepRatio(1 - rate), c.profile().granularity());
        kept += NarrowedBlock.of(block, widths).parameterCount();
      }
      closest = Math.min(closest, Math.abs(kept / whole(c.spec()) - target));
    }
    return closest;
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void ratesFollowInfluenceAndWidthsFollowRates(String fixture) {
    for (Case c : Case.of(fixture)) {
      for (double target : TARGETS) {
        List<BlockAllocation> blocks = c.ratios().at(new KeepRatio(target)).blocks();
        for (BlockAllocation one : blocks) {
          requireBetween(c, one, c.label(target));
          for (BlockAllocation other : blocks) {
            requireRatesOfInfluence(one, other, c.label(target));
          }
        }
      }
    }
  }

  /** At the very scale where a step falls, the step may or may not have been taken. */
  private static void requireBetween(Case c, BlockAllocation own, String label) {
    ResidualBlock block = c.spec().blocks().get(own.blockIndex());
    Granularity steps = c.profile().granularity();
    double ratio = own.keepRatio().value();
    BlockWidths less = BlockWidths.uniform(block, new KeepRatio(ratio - HAIR), steps);
    BlockWidths more = BlockWidths.uniform(block, new KeepRatio(Math.min(1, ratio + HAIR)), steps);
    own.widths()
        .forEach(
            (coupling, segments) -> {
              List<Integer> kept = segments.stream().map(SegmentWidth::kept).toList();
              assertThat(kept).as(label).isIn(less.kept().get(coupling), more.kept().get(coupling));
            });
  }

  /** {@code phi_i / phi_j = exp((BI_j - BI_i) / epsilon)} below the cap. */
  private static void requireRatesOfInfluence(
      BlockAllocation one, BlockAllocation other, String label) {
    double rate = 1 - one.keepRatio().value();
    double second = 1 - other.keepRatio().value();
    assertThat(rate).as(label).isLessThanOrEqualTo(CAP + HAIR);
    if (rate < CAP - HAIR && second < CAP - HAIR) {
      double share = Math.exp((other.influence() - one.influence()) / 0.1);
      assertThat(rate).as(label).isCloseTo(second * share, within(1e-12 + 1e-6 * rate));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aNarrowerModelLiesWithinAWiderOne(String fixture) {
    for (Case c : Case.of(fixture)) {
      RatioAllocation ratios = c.ratios();
      Map<Integer, BlockWidths> wider = ratios.at(KeepRatio.FULL).widths(c.spec());
      for (double target = 0.995; target > 0.4; target -= 0.03) {
        Map<Integer, BlockWidths> narrower = ratios.at(new KeepRatio(target)).widths(c.spec());
        requireWithin(narrower, wider, c.label(target));
        wider = narrower;
      }
    }
  }

  private static void requireWithin(
      Map<Integer, BlockWidths> narrower, Map<Integer, BlockWidths> wider, String label) {
    narrower.forEach(
        (block, widths) ->
            widths
                .kept()
                .forEach(
                    (coupling, counts) -> {
                      List<Integer> of = wider.get(block).kept().get(coupling);
                      for (int i = 0; i < counts.size(); i++) {
                        assertThat(counts.get(i)).as(label).isLessThanOrEqualTo(of.get(i));
                      }
                    }));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void equalInfluencesGiveEqualRatios(String fixture) {
    DecoderSpec spec = describe(fixture);
    List<Double> equal = Collections.nCopies(spec.blocks().size(), 0.37);
    DeviceProfile profile = profile(new Granularity(1, 2, 1, 1));
    RatioAllocation ratios = new RatioAllocation(spec, equal, AllocationRule.DEFAULT, profile);
    for (double target : TARGETS) {
      Allocation allocation = ratios.at(new KeepRatio(target));
      assertThat(allocation.blocks().stream().map(BlockAllocation::keepRatio).distinct())
          .as("target %s", target)
          .hasSize(1);
      for (BlockAllocation block : allocation.blocks()) {
        requireBetween(new Case(0, spec, equal, profile), block, "target " + target);
      }
    }
  }

  @Test
  void extremeInfluencesStopAtTheCapAndUnderflowNowhere() {
    DecoderSpec spec = describe("llamaMultiQuery");
    List<Double> influences = List.of(0.0, 0.0, 0.001, 0.001, 2.0, 2.0);
    AllocationRule sharp = new AllocationRule(InfluenceScope.LAYER, 1e-4, 0.85);
    RatioAllocation ratios =
        new RatioAllocation(spec, influences, sharp, profile(new Granularity(1, 2, 1, 1)));
    List<Double> kept =
        ratios.at(new KeepRatio(0.6)).blocks().stream().map(b -> b.keepRatio().value()).toList();
    assertThat(kept.get(0)).isCloseTo(1 - 0.85, within(1e-12));
    assertThat(kept.get(2)).isBetween(0.15, 0.999);
    assertThat(kept.subList(4, 6)).containsOnly(1.0);
  }

  @Test
  void aTargetBelowTheCapIsRefusedWithTheNumbers() {
    DecoderSpec spec = describe("llamaGrouped");
    RatioAllocation ratios =
        new RatioAllocation(
            spec,
            Collections.nCopies(spec.blocks().size(), 0.1),
            new AllocationRule(InfluenceScope.BLOCK, 0.1, 0.3),
            profile(new Granularity(4, 2, 2, 2)));
    assertThatThrownBy(() -> ratios.at(new KeepRatio(0.5)))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "keep ratio 0\\.5 cannot be reached: with cap 0\\.3 and the steps of profile test"
                + " \\(mlp 4, heads 2, states 2, ssm-heads 2\\) the blocks keep at least 0\\.6\\d+"
                + " of their parameters; give a larger ratio, a larger --cap or a profile with"
                + " finer steps");
  }

  @Test
  void anInfluenceThatIsNoNumberIsRefused() {
    DecoderSpec spec = describe("mamba2OneGroup");
    List<Double> influences = new ArrayList<>(Collections.nCopies(spec.blocks().size(), 0.1));
    influences.set(1, Double.NaN);
    assertThatThrownBy(
            () ->
                new RatioAllocation(
                    spec, influences, AllocationRule.DEFAULT, profile(STEPS.get(0))))
        .isInstanceOf(UserException.class)
        .hasMessage("the influence of block 1 is NaN: calibrate again");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void epsilonsOutOfRangeAreRefused(double epsilon) {
    assertThatThrownBy(() -> new AllocationRule(InfluenceScope.LAYER, epsilon, 0.85))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "epsilon " + epsilon + " of the allocation must be above 0: give for example 0.1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, Double.NaN})
  void capsOutOfRangeAreRefused(double cap) {
    assertThatThrownBy(() -> new AllocationRule(InfluenceScope.LAYER, 0.1, cap))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "cap " + cap + " of the allocation must be between 0 and 1: give for example 0.85");
  }

  private static double whole(DecoderSpec spec) {
    return spec.blocks().stream().mapToLong(ResidualBlock::parameterCount).sum();
  }

  private static double ratio(DecoderSpec spec, Map<Integer, BlockWidths> widths) {
    long kept = 0;
    for (ResidualBlock block : spec.blocks()) {
      kept += NarrowedBlock.of(block, widths.get(block.blockIndex())).parameterCount();
    }
    return kept / whole(spec);
  }

  /** What the largest drop of one coupling by one width saves, of the whole. */
  private static double largestStep(Case c) {
    double largest = 0;
    for (ResidualBlock block : c.spec().blocks()) {
      BlockWidths full = BlockWidths.uniform(block, KeepRatio.FULL, c.profile().granularity());
      for (Coupling coupling : full.kept().keySet()) {
        long before = block.parameterCount();
        for (int permille = 995; permille > 0; permille -= 5) {
          KeepRatio ratio = new KeepRatio(permille / 1000.0);
          List<Integer> kept =
              BlockWidths.uniform(block, ratio, c.profile().granularity()).kept().get(coupling);
          long after =
              NarrowedBlock.of(block, new BlockWidths(Map.of(coupling, kept))).parameterCount();
          largest = Math.max(largest, (double) (before - after));
          before = after;
        }
      }
    }
    return largest / whole(c.spec());
  }
}
