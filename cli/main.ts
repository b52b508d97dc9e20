console.log('sewscribe');
