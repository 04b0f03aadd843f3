using System;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler;

/// <summary>
/// One operation of attention as any target sees it: which inputs there are, sizes, strides, who sees whom. Operations
/// of one form that stand together are one call, forward or backward.
/// </summary>
/// <remarks>
/// Inputs: query, key, value, then of key lengths, documents and bias those that there are, then, of the result and of
/// the gradients, the logarithms of the rows' sums, and of the gradients that of the result and the result.
/// </remarks>
sealed record AttentionForm
{
    const int HasLengths = 1, HasDocuments = 2, HasBias = 4;

    readonly Value value;

    AttentionForm(Value value) => this.value = value;

    public static AttentionForm Of(Value value) => new(value);

    /// <summary>Attributes of operations of this form.</summary>
    /// <param name="options">Checked.</param>
    /// <param name="draw">The number of the draw; of no meaning where nothing is dropped.</param>
    public static OperationAttributes Attributes(AttentionOptions options, Dim draw) => new()
    {
        Number = options.Scale, Rate = options.Dropout, Start = draw,
        Window =
        [
            options.Causal ? 1 : 0, options.Window,
            (options.KeyLengths is null ? 0 : HasLengths) + (options.Documents is null ? 0 : HasDocuments)
                + (options.Bias is null ? 0 : HasBias),
        ],
    };

    /// <summary>The inputs that there are, in their order.</summary>
    public static TensorBase[] Inputs(Tensor query, Tensor key, Tensor value, AttentionOptions options)
    {
        TensorBase?[] all = [query, key, value, options.KeyLengths, options.Documents, options.Bias];
        return [.. all.Where(i => i is not null).Select(i => i!)];
    }

    /// <summary>Inputs that every operation of this form has.</summary>
    public int Count => 3 + Has(HasLengths) + Has(HasDocuments) + Has(HasBias);

    /// <summary>[.., H, T, D].</summary>
    public Value Query => value.Inputs[0];

    /// <summary>[.., G, S, D].</summary>
    public Value Key => value.Inputs[1];

    /// <summary>[.., G, S, V].</summary>
    public Value Values => value.Inputs[2];

    /// <summary>[B]; int, in order in memory.</summary>
    public Value? KeyLengths => Has(HasLengths) == 0 ? null : value.Inputs[3];

    /// <summary>[B, T]; int, in order in memory.</summary>
    public Value? Documents => Has(HasDocuments) == 0 ? null : value.Inputs[3 + Has(HasLengths)];

    /// <summary>[[B or 1,] H or 1,] T, S.</summary>
    public Value? Bias => Has(HasBias) == 0 ? null : value.Inputs[BiasInput];

    /// <summary>Where the bias stands among the inputs.</summary>
    public int BiasInput => 3 + Has(HasLengths) + Has(HasDocuments);

    /// <summary>Of the result and of gradients: [.., H, T, 1], in order in memory.</summary>
    public Value LogSum => value.Inputs[Count];

    /// <summary>Of gradients: [.., H, T, V].</summary>
    public Value ResultGradient => value.Inputs[Count + 1];

    /// <summary>Of gradients: the result, [.., H, T, V].</summary>
    public Value Result => value.Inputs[Count + 2];

    /// <summary>B: 1 with fewer than four axes.</summary>
    public Dim Outer => Query.Shape.Rank > 3 ? Query.Shape[0] : 1;

    /// <summary>H: 1 with two axes.</summary>
    public Dim Heads => Query.Shape.Rank > 2 ? Query.Shape[-3] : 1;

    /// <summary>G: head h reads head h / (H / G) of keys and values.</summary>
    public Dim KeyHeads => Key.Shape.Rank > 2 ? Key.Shape[-3] : 1;

    /// <summary>T.</summary>
    public Dim Queries => Query.Shape[-2];

    /// <summary>S.</summary>
    public Dim Keys => Key.Shape[-2];

    /// <summary>D, a constant.</summary>
    public Dim Width => Query.Shape[-1];

    /// <summary>V, a constant.</summary>
    public Dim ValueWidth => Values.Shape[-1];

    /// <summary>Whether place t sees only places up to t.</summary>
    public bool IsCausal => Part(0) != 0;

    /// <summary>Above 0: place t sees only places less than this far from it.</summary>
    public int Window => Part(1);

    /// <summary>What scores are multiplied by.</summary>
    public double Scale => value.Attributes.Number;

    /// <summary>Probability with which a weight is dropped; 0 where none is.</summary>
    public double Dropout => value.Attributes.Rate;

    /// <summary>
    /// A weight is dropped where its number is below: the probability rounded up to a multiple of 2^-24, as numbers
    /// are, so that the comparison is the same in fp32.
    /// </summary>
    public float DropoutThreshold => (float)(Math.Ceiling(Dropout * (1 << 24)) / (1 << 24));

    /// <summary>
    /// The number of the draw within the pass; a weight's index is its place in [B, H, T, S]. A loop around it is in it
    /// by its symbol.
    /// </summary>
    public Dim Draw => value.Attributes.Start;

    /// <summary>Scores that are computed at the largest dims; lengths and documents are not known.</summary>
    public long Scores
    {
        get
        {
            long keys = Keys.Maximum, twice = IsCausal ? keys + 1 : 2 * keys;
            if (Window > 0) twice = Math.Min(twice, 2 * (IsCausal ? Window : 2L * Window - 1));
            return (Query.Shape.Size / Width).Maximum * twice / 2;
        }
    }

    /// <summary>Whether an input is of integers.</summary>
    public bool IsInteger(int input) => input >= 3 && input < BiasInput;

    /// <summary>
    /// Elements from one place to the next of a tensor with up to four axes: outer, inner, rows, columns; 0 along axes
    /// that it lacks, and along those of length 1 where <paramref name="isRepeated"/>.
    /// </summary>
    public static (Dim Outer, Dim Inner, Dim Row, Dim Column) Strides(Value value, bool isRepeated = false)
    {
        Dim[] strides = (Strided.Of(value)
            ?? throw new InvalidOperationException($"{value} cannot be read in place.")).Strides;
        int rank = strides.Length;
        Dim Along(int axis) => axis < 0 || isRepeated && value.Shape[axis] == 1 ? 0 : strides[axis];
        return (Along(rank - 4), Along(rank - 3), strides[rank - 2], strides[rank - 1]);
    }

    /// <summary>The rule that shapes break; null where they break none.</summary>
    /// <param name="more">Inputs behind those of the form.</param>
    public string? Broken(int more)
    {
        if (value.Inputs.Length != Count + more) return $"has {value.Inputs.Length} inputs instead of {Count + more}";
        (Shape query, Shape key, Shape values) = (Query.Shape, Key.Shape, Values.Shape);
        bool isGood = query.Rank is >= 2 and <= 4 && key.Rank == query.Rank && Heads.IsMultipleOf(KeyHeads)
            && WithHeads(key).With(-2, Queries).Equals(query) && values.With(-1, Width).Equals(key)
            && (!IsCausal && Documents is null || Queries == Keys) && Window >= 0;
        if (!isGood) return $"attends with {query} to {key} and {values}";
        if (KeyLengths is { } lengths && !lengths.Shape.Equals(new Shape(Outer))) return $"has lengths {lengths.Shape}";
        if (Documents is { } documents && !documents.Shape.Equals(new Shape(Outer, Queries)))
            return $"has documents {documents.Shape}";
        if (Bias?.Shape is { } bias && !FitsScores(bias)) return $"has a bias {bias}";
        if (more > 0 && !LogSum.Shape.Equals(query.With(-1, 1))) return $"has logarithms {LogSum.Shape}";
        Shape result = query.With(-1, ValueWidth);
        if (more > 1 && !ResultGradient.Shape.Equals(result))
            return $"has a gradient {ResultGradient.Shape} of its result";
        return more > 2 && !Result.Shape.Equals(result) ? $"has a result {Result.Shape}" : null;
    }

    Shape WithHeads(Shape shape) => shape.Rank > 2 ? shape.With(-3, Heads) : shape;

    bool FitsScores(Shape bias) => bias.Rank is >= 2 and <= 4 && bias[-1] == Keys && bias[-2] == Queries
        && (bias.Rank < 3 || bias[-3] == 1 || bias[-3] == Heads) && (bias.Rank < 4 || bias[0] == 1 || bias[0] == Outer);

    int Has(int part) => (Part(2) & part) == 0 ? 0 : 1;

    int Part(int index) => index < value.Attributes.Window.Length ? value.Attributes.Window[index] : 0;
}
