using System;
using System.Collections.Generic;
using System.Globalization;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.Models;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>The library's layers on a device of CUDA: every entry point, gradient and state as eagerly, in every order of threads.</summary>
public sealed class LayersOnCudaTests : SimulatedTests
{
    // Lengths at which no gradient is what is left of numbers that cancel: a device sums in another order.
    public static TheoryData<Type, string> Models => new()
    {
        { typeof(RecurrentLayers), "B 3 T 7" }, { typeof(NormedLayers), "B 4" }, { typeof(Convolutional), "B 3" },
        { typeof(AttentionLayers), "B 3 T 11 S 5" },
    };

    [Theory, MemberData(nameof(Models))]
    public void Layers_OnCuda_AreTheEagerOnes(Type model, string lengths)
    {
        string[] words = lengths.Split(' ');
        var dims = new Dictionary<string, int>();
        for (int i = 0; i < words.Length; i += 2) dims[words[i]] = int.Parse(words[i + 1], CultureInfo.InvariantCulture);
        foreach (string order in Orders)
        {
            Simulator.Configure("MCSIM_ORDER", order);
            EveryEntryPoint.EqualsEager(Device.Cuda(0), model, dims, "key.bias");
        }
    }
}
