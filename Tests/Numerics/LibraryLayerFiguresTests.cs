using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Numerics;

/// <summary>Layers of the library: compiled as eager, and eager as their papers' formulas say, written out in loops over doubles.</summary>
public sealed class LibraryLayerFiguresTests
{
    const ulong Seed = 7;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(4, 9)]
    public void RecurrentLayers_AreTheEagerOnes(int batch, int time) =>
        EveryEntryPoint.EqualsEager(typeof(RecurrentLayers), new Dictionary<string, int> { ["B"] = batch, ["T"] = time });

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void NormedLayers_AreTheEagerOnes(int batch) =>
        EveryEntryPoint.EqualsEager(typeof(NormedLayers), new Dictionary<string, int> { ["B"] = batch });

    /// <summary>Keys' biases add the same to all scores of a row: their gradient is 0.</summary>
    [Theory]
    [InlineData(3, 2, 3)]
    [InlineData(3, 70, 9)]
    [InlineData(3, 33, 4)]
    public void AttentionLayers_AreTheEagerOnes(int batch, int time, int read) => EveryEntryPoint.EqualsEager(typeof(AttentionLayers),
        new Dictionary<string, int> { ["B"] = batch, ["T"] = time, ["S"] = read }, "key.bias");

    [Fact]
    public void Gru_IsItsFormula()
    {
        var layer = new Gru(3, 4);
        Eager.Initialize(layer, Seed);
        double[] x = Numbers(2 * 5 * 3), input = layer.Input.Data, state = layer.State.Data, bias = layer.Bias.Data, candidateBias = layer.CandidateBias.Data;
        double[] actual = layer.Forward(new(x, 2, 5, 3)).Data;
        for (int b = 0; b < 2; b++)
        {
            var h = new double[4];
            for (int t = 0; t < 5; t++)
            {
                double Of(double[] weights, double[] from, int at, int count, int gate, int c) =>
                    Enumerable.Range(0, count).Sum(i => from[at + i] * weights[i * 12 + gate * 4 + c]);
                var next = new double[4];
                for (int c = 0; c < 4; c++)
                {
                    double In(int gate) => Of(input, x, (b * 5 + t) * 3, 3, gate, c) + bias[gate * 4 + c];
                    double Back(int gate) => Of(state, h, 0, 4, gate, c);
                    double reset = Logistic(In(0) + Back(0)), update = Logistic(In(1) + Back(1));
                    double candidate = Math.Tanh(In(2) + reset * (Back(2) + candidateBias[c]));
                    next[c] = (1 - update) * candidate + update * h[c];
                    Assert.Equal(next[c], actual[(b * 5 + t) * 4 + c], 1e-12);
                }
                h = next;
            }
        }
    }

    [Fact]
    public void BidirectionalLstm_IsItsFormulaBothWays()
    {
        var layer = new BidirectionalLstm(3, 2, forgetBias: 0.5);
        Eager.Initialize(layer, Seed);
        Dictionary<string, double[]> parameters = ParameterNames.Of(layer).ToDictionary(p => p.Path, p => p.Tensor.Data);
        double[] x = Numbers(4 * 3), actual = layer.Forward(new(x, 1, 4, 3)).Data;
        foreach (bool isForward in (bool[])[true, false])
        {
            string path = isForward ? "forward." : "backward.";
            (double[] input, double[] state, double[] bias) = (parameters[path + "input"], parameters[path + "state"], parameters[path + "bias"]);
            (double[] h, double[] cell) = (new double[2], new double[2]);
            foreach (int t in isForward ? Enumerable.Range(0, 4) : Enumerable.Range(0, 4).Reverse())
            {
                double[] before = [.. h];
                double Gate(int gate, int c) => bias[gate * 2 + c] + Enumerable.Range(0, 3).Sum(i => x[t * 3 + i] * input[i * 8 + gate * 2 + c])
                    + Enumerable.Range(0, 2).Sum(i => before[i] * state[i * 8 + gate * 2 + c]);
                for (int c = 0; c < 2; c++)
                {
                    cell[c] = Logistic(Gate(1, c) + 0.5) * cell[c] + Logistic(Gate(0, c)) * Math.Tanh(Gate(2, c));
                    h[c] = Logistic(Gate(3, c)) * Math.Tanh(cell[c]);
                    Assert.Equal(h[c], actual[t * 4 + (isForward ? 0 : 2) + c], 1e-12);
                }
            }
        }
    }

    [Fact]
    public void GroupNorm_IsItsFormula()
    {
        const int Batch = 2, Groups = 3, Each = 2, Places = 5, Channels = Groups * Each;
        double[] x = Numbers(Batch * Channels * Places), gain = Numbers(Channels, 2), bias = Numbers(Channels, 3);
        double[] actual = GroupNorm(new(x, Batch, Channels, Places), Groups, new(gain, Channels), new(bias, Channels), 1e-3).Data;
        for (int b = 0; b < Batch; b++)
            for (int c = 0; c < Channels; c++)
            {
                double[] group = [.. x.Skip((b * Channels + c / Each * Each) * Places).Take(Each * Places)];
                double mean = group.Average(), variance = group.Average(v => (v - mean) * (v - mean));
                for (int p = 0; p < Places; p++)
                {
                    int i = (b * Channels + c) * Places + p;
                    Assert.Equal((x[i] - mean) / Math.Sqrt(variance + 1e-3) * gain[c] + bias[c], actual[i], 1e-12);
                }
            }
    }

    [Fact]
    public void SwiGluAndRMSNorm_AreTheirFormulas()
    {
        var norm = new RMSNorm(4);
        var feed = new SwiGlu(4, 3);
        Eager.Initialize(feed, Seed);
        Dictionary<string, double[]> parameters = ParameterNames.Of(feed).ToDictionary(p => p.Path, p => p.Tensor.Data);
        Assert.Equal(["down.weight", "gate.weight", "up.weight"], parameters.Keys.Order(StringComparer.Ordinal));
        double[] x = Numbers(2 * 4), actual = feed.Forward(norm.Forward(new(x, 2, 4))).Data;
        for (int row = 0; row < 2; row++)
        {
            double size = Math.Sqrt(Enumerable.Range(0, 4).Average(i => x[row * 4 + i] * x[row * 4 + i]) + 1e-5);
            double Into(string name, int j) => Enumerable.Range(0, 4).Sum(i => x[row * 4 + i] / size * parameters[name][i * 3 + j]);
            double[] hidden = [.. Enumerable.Range(0, 3).Select(j => Into("gate.weight", j) * Logistic(Into("gate.weight", j)) * Into("up.weight", j))];
            for (int o = 0; o < 4; o++)
                Assert.Equal(Enumerable.Range(0, 3).Sum(j => hidden[j] * parameters["down.weight"][j * 4 + o]), actual[row * 4 + o], 1e-12);
        }
    }

    static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    static double[] Numbers(int count, uint stream = 1) => Array.ConvertAll(Draw.Reals(count, stream), x => (double)x);
}
