using System.IO;
using ModelCompiler.Tests.Harness;
namespace ModelCompiler.Tests.Operators;
public sealed class Dump
{
    [Fact]
    public void It()
    {
        foreach (var c in CompiledCases.Shared.Operators)
        {
            if (c.Name is not ("Slice" or "Pad" or "Concatenate" or "Scan")) continue;
            int i = 0;
            foreach (var k in c.All)
            {
                var run = GeneratorRun.Once(GeneratorRun.Compilation(($"X.cs", CaseSource.Of($"{c.Name}{i++}", k, "1"))), out _);
                foreach (var f in run.Files) File.WriteAllText("/tmp/ops-dump/" + f.Key, f.Value);
            }
        }
    }
}
