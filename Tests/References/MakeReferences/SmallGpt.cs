using System;
using System.Collections.Generic;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>The CharGpt of the architecture page in libtorch's operators, small enough to check in all its figures.</summary>
sealed class SmallGpt
{
    public const int Vocab = 17, Context = 12, Width = 24, Heads = 3, Depth = 2;

    const double LayerNormEpsilon = 1e-5;

    readonly Dictionary<string, Parameter> byName = [];

    /// <summary>Names as our checkpoints spell them, in the order in which CharGpt declares its fields.</summary>
    /// <remarks>The order also fixes which random numbers each parameter gets: a change of it changes every figure.</remarks>
    public static IEnumerable<(string Name, long[] Shape)> Layout()
    {
        yield return ("tokens.weight", [Vocab, Width]);
        yield return ("positions.weight", [Context, Width]);
        for (int block = 0; block < Depth; block++)
        {
            foreach (string norm in (string[])["before", "middle"])
            {
                yield return ($"blocks.{block}.{norm}.gain", [Width]);
                yield return ($"blocks.{block}.{norm}.bias", [Width]);
            }
            foreach (string projection in (string[])["query", "key", "value", "output"])
            {
                yield return ($"blocks.{block}.attention.{projection}.weight", [Width, Width]);
                yield return ($"blocks.{block}.attention.{projection}.bias", [Width]);
            }
            yield return ($"blocks.{block}.up.weight", [Width, 4 * Width]);
            yield return ($"blocks.{block}.up.bias", [4 * Width]);
            yield return ($"blocks.{block}.down.weight", [4 * Width, Width]);
            yield return ($"blocks.{block}.down.bias", [Width]);
        }
        yield return ("final.gain", [Width]);
        yield return ("final.bias", [Width]);
    }

    /// <summary>Copies the values, so that several runs can start from the same ones.</summary>
    /// <param name="values">One tensor per entry of <see cref="Layout"/>; fp32.</param>
    /// <param name="type">What the model computes in.</param>
    public SmallGpt(IReadOnlyDictionary<string, Tensor> values, ScalarType type)
    {
        foreach ((string name, _) in Layout())
            byName.Add(name, Parameter(values[name].to_type(type, copy: true)));
    }

    /// <summary>In the order of <see cref="Layout"/>.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => byName;

    /// <summary>The forward pass.</summary>
    /// <param name="ids">[B, T]; int64 in [0, Vocab).</param>
    /// <returns>[B, T, Vocab].</returns>
    public Tensor Logits(Tensor ids)
    {
        Tensor places = arange(ids.shape[1], dtype: ScalarType.Int64);
        Tensor x = byName["tokens.weight"].index(ids) + byName["positions.weight"].index(places);
        for (int block = 0; block < Depth; block++)
        {
            string path = $"blocks.{block}";
            x = x + Attention(LayerNorm(x, $"{path}.before"), $"{path}.attention");
            Tensor hidden = functional.gelu(Linear(LayerNorm(x, $"{path}.middle"), $"{path}.up"));
            x = x + Linear(hidden, $"{path}.down");
        }
        return functional.linear(LayerNorm(x, "final"), byName["tokens.weight"]);
    }

    /// <summary>The mean cross-entropy over all B·T places, in nats.</summary>
    /// <param name="ids">[B, T]; int64 in [0, Vocab).</param>
    /// <param name="targets">[B, T]; int64 in [0, Vocab).</param>
    /// <returns>[].</returns>
    public Tensor Loss(Tensor ids, Tensor targets) => functional.cross_entropy(Logits(ids).view(-1, Vocab), targets.view(-1));

    Tensor Attention(Tensor x, string path)
    {
        (long batch, long time) = (x.shape[0], x.shape[1]);
        Tensor query = Split("query"), key = Split("key"), value = Split("value");
        Tensor later = ones([time, time], dtype: ScalarType.Bool).triu(1);
        Tensor scores = query.matmul(key.transpose(-2, -1)) / Math.Sqrt(Width / Heads);
        Tensor mixed = functional.softmax(scores.masked_fill(later, double.NegativeInfinity), -1).matmul(value);
        return Linear(mixed.transpose(1, 2).reshape(batch, time, Width), $"{path}.output");

        // [B, T, C] → [B, H, T, D]
        Tensor Split(string projection)
            => Linear(x, $"{path}.{projection}").view(batch, time, Heads, Width / Heads).transpose(1, 2);
    }

    // Weights are leaves in our layout, [inputs, outputs]; libtorch's linear wants [outputs, inputs], which a view gives it.
    Tensor Linear(Tensor x, string path) => functional.linear(x, byName[$"{path}.weight"].t(), byName[$"{path}.bias"]);

    Tensor LayerNorm(Tensor x, string path)
        => functional.layer_norm(x, [Width], byName[$"{path}.gain"], byName[$"{path}.bias"], LayerNormEpsilon);
}
