using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static ModelCompiler.Tests.References.MakeReferences.Hyperparameters;
using static TorchSharp.torch;

namespace ModelCompiler.Tests.References.MakeReferences;

static class Program
{
    const int Batch = 3;
    const long Seed = 1337;

    // Large enough that attention is far from uniform and GELU is not near linear, small enough that the logits stay moderate.
    const double Deviation = 0.2;

    static int Main(string[] arguments)
    {
        if (arguments is not [string path])
        {
            Console.Error.WriteLine(
                $"MakeReferences: got {arguments.Length} arguments; expected one. Give the file to write: small-gpt.safetensors");
            return 1;
        }
        set_num_threads(1); // the order of sums, and with it the last bits, must not depend on the machine's core count
        random.manual_seed(Seed);
        Dictionary<string, Tensor> start = SmallGpt.Layout()
            .ToDictionary(entry => entry.Name, entry => Draw(entry.Name, entry.Shape));
        Tensor ids = randint(0, SmallGpt.Vocab, [Batch, SmallGpt.Context], dtype: ScalarType.Int64);
        Tensor targets = randint(0, SmallGpt.Vocab, [Batch, SmallGpt.Context], dtype: ScalarType.Int64);

        IReadOnlyList<(string Name, Tensor Value)> figures
            = Figures.Compute(start, ids, targets, ScalarType.Float32, LibraryAdamW, LibrarySgd);
        List<Entry> entries =
        [
            .. SmallGpt.Layout().Select(entry => Floats($"parameters/{entry.Name}", start[entry.Name])),
            Integers("ids", ids),
            Integers("targets", targets),
            .. figures.Select(figure => Floats(figure.Name, figure.Value)),
        ];
        SafetensorsFile.Write(path, entries);

        List<Entry> read = SafetensorsFile.Read(path);
        bool same = read.Count == entries.Count && read.Zip(entries).All(pair => pair.First.SameAs(pair.Second));
        bool finite = read.All(entry => entry.Values is not float[] values || values.All(float.IsFinite));
        Console.WriteLine($"{path}: {entries.Count} tensors, {new FileInfo(path).Length} bytes; read back: "
            + (same ? "identical, " : "DIFFERENT, ") + (finite ? "all finite" : "NOT FINITE"));

        IReadOnlyList<(string Name, Tensor Value)> exact
            = Figures.Compute(start, ids, targets, ScalarType.Float64, PlainOptimizers.AdamW, PlainOptimizers.Sgd);
        Report(read.ToDictionary(entry => entry.Name), exact);
        return same && finite ? 0 : 1;
    }

    static Tensor Draw(string name, long[] shape)
        => randn(shape, dtype: ScalarType.Float32) * Deviation + (name.EndsWith(".gain", StringComparison.Ordinal) ? 1 : 0);

    static Action LibraryAdamW(IReadOnlyList<Parameter> parameters)
    {
        optim.Optimizer optimizer = optim.AdamW(parameters, AdamWRate, Beta1, Beta2, Epsilon, WeightDecay);
        return () => optimizer.step();
    }

    static Action LibrarySgd(IReadOnlyList<Parameter> parameters)
    {
        optim.Optimizer optimizer = optim.SGD(parameters, SgdRate, Momentum, weight_decay: WeightDecay);
        return () => optimizer.step();
    }

    static Entry Floats(string name, Tensor value) => new(name, value.shape, value.data<float>().ToArray());

    static Entry Integers(string name, Tensor value)
        => new(name, value.shape, value.to_type(ScalarType.Int32).data<int>().ToArray());

    // How far the file is from the same figures in double is how tight a test against it may be. The double run uses the plain
    // optimizers, so this table is also the check on the library's.
    static void Report(IReadOnlyDictionary<string, Entry> file, IReadOnlyList<(string Name, Tensor Value)> exact)
    {
        Console.WriteLine($"{"tensor of the file, against the same in double",-52} {"max |value|",12} {"max |Δ|",12} {"ratio",12}");
        foreach ((string name, Tensor value) in exact)
        {
            double[] expected = value.data<double>().ToArray();
            float[] actual = (float[])file[name].Values;
            double largest = expected.Max(Math.Abs), difference = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
            double ratio = difference / largest;
            Console.WriteLine(FormattableString.Invariant($"{name,-52} {largest,12:0.0e+00} {difference,12:0.0e+00} {ratio,12:0.0e+00}"));
        }
    }
}
