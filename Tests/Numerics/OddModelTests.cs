using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models.Odd;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Models as nobody should write them, though they may: every entry point and every gradient is the eager one.</summary>
public sealed class OddModelTests
{
    /// <summary>A model, a length for each of its dims, and the parameters whose gradient is 0 by symmetry.</summary>
    sealed record Row(Type Model, string Lengths, params string[] ZeroBySymmetry);

    static readonly Row[] rows =
    [
        new(typeof(LoopsInLoops), "B=5"),
        new(typeof(TiedAcrossLoops), "B=5"),
        new(typeof(TuplesFromHelpers), "B=5"),
        new(typeof(SwitchOnConstants), "B=5"),
        new(typeof(HeldTwice), "B=5"),
        new(typeof(ScanInRepeat), "B=3 T=4"),
        new(typeof(ThroughChoices), "B=5"),
        new(typeof(BothWays), "B=5 T=7"),
        new(typeof(MiddleAxes), "B=3 T=5"),
        new(typeof(OnesEverywhere), "B=1"),
        new(typeof(OnesEverywhere), "B=4"),
        new(typeof(Constants), "B=5"),
        new(typeof(SharedByEntries), "B=5"),
        new(typeof(Multiples), "B=3 T=8"),
        new(typeof(Multiples), "B=3 T=12"),
        new(typeof(TransposedAll), "B=5"),
        new(typeof(Slices), "B=5 T=6"),
        new(typeof(ExtensionsOfTensors), "B=5"),
        new(typeof(LoopWithoutParameters), "B=4"),
        new(typeof(IntegersInLoops), "B=3 T=5"),
        new(typeof(FoldInScan), "B=3 T=4"),
        new(typeof(ScanOverParameter), "B=3"),
        new(typeof(Recursion), "B=4"),
        new(typeof(CollectedBesideNested), "B=4"),
        new(typeof(BatchedProducts), "B=3 T=5"),
        new(typeof(DetachedPaths), "B=4"),
        new(typeof(SameOperandTwice), "B=4"),
        new(typeof(LossOfParametersOnly), "B=4"),
        new(typeof(UnusedInput), "B=4"),
        new(typeof(ResultIsInput), "B=4"),
        new(typeof(SwapInLoop), "B=4"),
        new(typeof(LocalFromLoop), "B=4"),
        new(typeof(GatherTransposed), "B=3 T=5"),
        new(typeof(ScanOfPermuted), "B=3 T=4"),
        new(typeof(ScanLastOnly), "B=3 T=4"),
        new(typeof(ScanOfSlice), "B=3 T=4"),
        new(typeof(ScanOfBroadcast), "B=3 T=4"),
        new(typeof(ConcatenateInLoop), "B=3"),
        new(typeof(PadInLoop), "B=3"),
        new(typeof(ConditionFromOutside), "B=3"),
        new(typeof(MaximumInLoop), "B=3"),
        new(typeof(LayersPicked), "B=3"),
        new(typeof(StackedPicked), "B=3"),
        new(typeof(ZeroTrips), "B=3"),
        new(typeof(OneTrip), "B=3"),
        new(typeof(LoopWithUnreadResult), "B=3"),
        new(typeof(InvariantProduct), "B=3"),
        new(typeof(TransposedCarry), "B=4"),
        new(typeof(ReshapedCarry), "B=4"),
        new(typeof(SlicedCarry), "B=4"),
        new(typeof(SeveralMeans), "B=4"),
        new(typeof(DividedByLengths), "B=4 T=6"),
        new(typeof(ScatterInLoop), "B=3 T=4"),
        new(typeof(SoftmaxOverMiddle), "B=3 T=4", "a.bias"),
        new(typeof(DeepTuple), "B=3"),
        new(typeof(LambdasOverLayers), "B=3"),
        new(typeof(ScanThreeStates), "B=3 T=4"),
        new(typeof(FoldOfFold), "B=3"),
        new(typeof(ConstantResult), "B=3"),
        new(typeof(KeptAtConstantPlace), "B=5"),
        new(typeof(CollectedGivenAway), "B=3"),
        new(typeof(SameLayersTwice), "B=3"),
        new(typeof(SameLayersCounted), "B=3"),
        new(typeof(NormalizedLayers), "B=6", "linear.bias"),
        new(typeof(AlternatingStates), "B=5"),
        new(typeof(DrawsInLoops), "B=3 T=5"),
        new(typeof(DrawsInLoops), "B=1 T=1"),
        new(typeof(TiedNorm), "B=6"),
        new(typeof(StateOfArgument), "B=3"),
        new(typeof(OwnOperators), "B=3"),
    ];

    public static TheoryData<string, string> Names => [.. rows.Select(r => (r.Model.Name, r.Lengths))];

    [Theory, MemberData(nameof(Names))]
    public void EveryEntryPoint_EqualsEager(string model, string lengths)
    {
        Row row = rows.Single(r => r.Model.Name == model && r.Lengths == lengths);
        var dims = new Dictionary<string, int>();
        foreach (string length in row.Lengths.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            dims[length.Split('=')[0]] = int.Parse(length.Split('=')[1], CultureInfo.InvariantCulture);
        EveryEntryPoint.EqualsEager(row.Model, dims, row.ZeroBySymmetry);
    }
}
